import { defineConfig } from 'vitest/config';
import { CountReporter } from '../count-reporter.ts';

export default defineConfig({
  test: {
    include: ['test/aws/**/*.aws.ts'],
    reporters: ['default', new CountReporter()],
    // Two deployments may not share the tool's output folder, and what is timed has the processors to itself.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
