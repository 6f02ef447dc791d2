/** Fewer samples are not parted in two: neither half would tell anything. */
export const leastToSplit = 20;
