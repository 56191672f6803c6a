/** Which bodies a store of bodies takes, whatever it is made of. A name is a file's name and an object's key, so it can't lead elsewhere. */
import { largeBodyBytesMax } from './limit.ts';

/** Throws for a name that no store takes. */
export function checkBodyName(name: string): void {
  if (!/^[A-Za-z0-9_-]{1,128}$/.test(name)) throw new Error('a body can not have this name');
}

/** Throws for a body that no store takes. */
export function checkBody(name: string, bytes: Uint8Array): void {
  checkBodyName(name);
  if (bytes.length > largeBodyBytesMax) {
    throw new Error(`a body of ${bytes.length} bytes is over the limit of ${largeBodyBytesMax}`);
  }
}
