import fc from 'fast-check';
import { describe, it } from 'vitest';
import { BridgeRun } from './bridge-run.ts';
import { holdMs } from './bridge-world.ts';

type Step =
  | readonly ['arrive', count: number, bytes: number]
  | readonly ['repeat', back: number]
  | readonly ['client up']
  | readonly ['client down']
  | readonly ['client answers', nth: number, count: number, status: number]
  | readonly ['client full']
  | readonly ['client room']
  | readonly ['handed over', isStored: boolean]
  | readonly ['read', messagesMax: number]
  | readonly ['read fails']
  | readonly ['read again']
  | readonly ['cursor kept', isKept: boolean]
  | readonly ['table', isLate: boolean]
  | readonly ['pass', ms: number]
  | readonly ['settle']
  | readonly ['session ends']
  | readonly ['session runs']
  | readonly ['crash', isOutStored: boolean];

function take(run: BridgeRun, step: Step): void {
  switch (step[0]) {
    case 'arrive':
      run.arrive(step[1], step[2]);
      break;
    case 'repeat':
      run.repeat(step[1]);
      break;
    case 'client up':
      run.clientUp();
      break;
    case 'client down':
      run.clientDown();
      break;
    case 'client answers':
      run.clientAnswers(step[1], step[2], step[3]);
      break;
    case 'client full':
      run.world.hasRoom = false;
      break;
    case 'client room':
      run.room();
      break;
    case 'handed over':
      run.handedOver(step[1]);
      break;
    case 'read':
      run.read(step[1]);
      break;
    case 'read fails':
      run.readFails();
      break;
    case 'read again':
      run.readAgain();
      break;
    case 'cursor kept':
      run.cursorKept(step[1]);
      break;
    case 'table':
      run.table(step[1]);
      break;
    case 'pass':
      run.world.pass(step[1]);
      break;
    case 'settle':
      run.settle();
      break;
    case 'session ends':
      run.sessionEnds();
      break;
    case 'session runs':
      run.sessionRuns();
      break;
    case 'crash':
      run.crash(step[1]);
      break;
  }
}

const nat = (max: number) => fc.nat({ max });
const flag = fc.boolean();
const name = <const Name extends string>(value: Name) => fc.constant(value);
const mostly = (value: boolean) => fc.constantFrom(value, value, value, !value);

/** Small ones, ones that fill the bounds, ones of which only the names are too long for a segment, ones that need parts. */
const bodyBytes = fc.constantFrom(8, 8, 8, 2_000, 143_340, 150_000, 300_000);
const burst = fc.constantFrom(1, 1, 2, 5, 80);
const status = fc.constantFrom(200, 200, 200, 200, 200, 413);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(name('arrive'), burst, bodyBytes) },
  { weight: 2, arbitrary: fc.tuple(name('repeat'), nat(20)) },
  { weight: 3, arbitrary: fc.tuple(name('client up')) },
  { weight: 1, arbitrary: fc.tuple(name('client down')) },
  { weight: 3, arbitrary: fc.tuple(name('client answers'), fc.constant(0), burst, status) },
  { weight: 2, arbitrary: fc.tuple(name('client answers'), nat(70), burst, status) },
  { weight: 1, arbitrary: fc.tuple(name('client full')) },
  { weight: 2, arbitrary: fc.tuple(name('client room')) },
  { weight: 5, arbitrary: fc.tuple(name('handed over'), mostly(true)) },
  { weight: 5, arbitrary: fc.tuple(name('read'), fc.constantFrom(1, 3, 1000)) },
  { weight: 1, arbitrary: fc.tuple(name('read fails')) },
  { weight: 2, arbitrary: fc.tuple(name('read again')) },
  { weight: 3, arbitrary: fc.tuple(name('cursor kept'), mostly(true)) },
  { weight: 1, arbitrary: fc.tuple(name('table'), flag) },
  { weight: 4, arbitrary: fc.tuple(name('pass'), fc.constantFrom(1, holdMs / 2, holdMs)) },
  { weight: 3, arbitrary: fc.tuple(name('settle')) },
  { weight: 1, arbitrary: fc.tuple(name('session ends')) },
  { weight: 1, arbitrary: fc.tuple(name('session runs')) },
  { weight: 1, arbitrary: fc.tuple(name('crash'), flag) },
);

describe('a bridge to which anything may happen', () => {
  it('promises only what is safe, loses nothing, keeps the order and its bounds [promises 1 to 3, 8]', () => {
    fc.assert(
      fc.property(nat(100), fc.array(step, { maxLength: 150, size: 'max' }), (backlog, steps) => {
        const run = new BridgeRun(backlog);
        for (const one of steps) {
          take(run, one);
          run.world.endStep();
          run.check();
        }
        run.finish();
      }),
      { numRuns: 200, seed: 4975 },
    );
  });
});
