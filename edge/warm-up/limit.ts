/** Bounds of the warm-up. */

/** Systems side by side: V8 ties what it has compiled to the only objects that it has seen, and would throw it away at the first real ones. */
export const warmUpSystems = 2;
/** Messages in each: enough for V8 to compile their way; more would take time and memory for little. */
export const warmUpMessages = 250;
/** Where that takes longer, the process begins without having heard all; twice as long is given up. */
export const warmUpMs = 500;
