/** The page of a source. Its id stands in the query: ids of contracts may hold dots and slashes. */
export const sourceHref = (id: string): string => `/source?id=${encodeURIComponent(id)}`;
