import { defineConfig } from 'vitest/config';
import { CountReporter } from '../count-reporter.ts';

export default defineConfig({
  test: {
    include: ['test/aws/**/*.aws.ts'],
    reporters: ['default', new CountReporter()],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
