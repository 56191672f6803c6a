/** Bounds on CPIM messages, each with its reason. */

/** Header lines of both blocks together; a message to a group with all its recipients named has at most some hundred. */
export const cpimHeadersMax = 1000;
/** Bytes of both blocks together: such a message with long URIs. */
export const cpimHeadBytesMax = 128 * 1024;
/** An IMDN is under 1 KB; extensions may double that a few times. */
export const imdnBytesMax = 16 * 1024;
/** Header bytes up to which the quick look reads a message itself; so short a head can't break the other bounds. */
export const usualHeadBytesMax = 2048;
