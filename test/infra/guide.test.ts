import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { contextPrefix, deploymentKinds } from '../../infra/settings.ts';

describe('the guide to deploying', () => {
  const guide = readFileSync('docs/deploy.md', 'utf8');

  test('names every setting of a deployment, and no other', () => {
    const named = [...guide.matchAll(/^\| `rejoin:(\w+)`/gm)].map((match) => match[1]);
    expect(named).toEqual(Object.keys(deploymentKinds));
  });

  test('tells the defaults as they are', () => {
    for (const [name, { fallback }] of Object.entries(deploymentKinds)) {
      const isShown = ['string', 'number', 'boolean'].includes(typeof fallback);
      const row = new RegExp(`\`${contextPrefix}${name}\` +\\| \`(.*?)\``).exec(guide);
      if (isShown) expect(row?.[1], name).toBe(String(fallback));
    }
  });
});
