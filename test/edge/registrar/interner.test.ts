import { expect, test } from 'vitest';
import { Interner } from '../../../edge/registrar/interner.ts';
import { internedTextsMax } from '../../../edge/registrar/limit.ts';

test('equal texts come back equal, within the bound and beyond it', () => {
  const interner = new Interner();
  for (let index = 0; index <= internedTextsMax; index++) {
    expect(interner.intern(`text ${index}`)).toBe(`text ${index}`);
  }
  expect(interner.intern('text 0')).toBe('text 0');
});
