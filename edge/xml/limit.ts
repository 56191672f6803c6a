/** Bounds on XML documents, each with its reason. */

/** A conference document of 500 users with all optional elements is about 400 KB. */
export const xmlBytesMax = 1024 * 1024;
/** Levels of elements; conference documents have seven, extensions add a few. */
export const xmlDepthMax = 32;
/** Elements of a document, or of a conference that grows by partial notifications; 1,000 users have about ten each. */
export const xmlElementsMax = 20_000;
/** Characters given to the parser at a time: after a fault it goes on to their end, and each further fault in them is dear. */
export const xmlSliceChars = 512;
/** Attributes of one element; ours have under ten. */
export const xmlAttributesMax = 64;
/** Entries of a recipient list; groups have at most some hundred members. */
export const recipientsMax = 1000;
