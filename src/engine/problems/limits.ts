/**
 * What data may need, at most. Every file is refused by its size before it is read, and what would be made of it before it is allocated:
 * a run's data never take more than a file's bytes and its features together.
 */

/** The most bytes of one file, before and after unpacking: 2 GiB. */
export const largestFile = 2 ** 31;
/** The most bytes of a CSV file, before and after unpacking: 1 GiB. */
export const largestCsv = 2 ** 30;
/** The most bytes that the features of all samples take in memory: 2 GiB. */
export const largestFeatures = 2 ** 31;
/** The most samples; each also has a class or targets. */
export const mostSamples = 2 ** 26;
/** More classes than this are numbers, not classes. */
export const mostClasses = 1000;
/** The most different names in one column of categories. */
export const mostCategories = 256;
/** The most columns of a table. */
export const mostColumns = 2 ** 16;
/** The most bytes of a name: of a column, a category, a class. */
export const longestName = 1000;
