/** Bounds of the bodies in S3, each with its reason. */

/** One attempt to put or get a body: the largest, over the slow connection of a small container, with room. */
export const answerMsMax = 20_000;
