/** How scores compare, lowest first: by |score| or as they are. */
export type Ranking = 'magnitude' | 'signed';
