/** Bounds of the functions' decisions, each with its reason. */

/** Members of one group: the largest value of the setting `group.membersMax`; their addresses fit many times into one item. */
export const groupMembersMax = 1000;
/** Fewer members than these are no group (RCS: the focus ends it for good). */
export const groupMembersMin = 2;
