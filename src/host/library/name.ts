/** What a run is called where a person has not given it a name of their own. Knows nothing of the editor. */

/** Parts of the details that go into the name: two hyperparameters tell most runs apart, and a list has room for no more. */
const PARTS = 2;

/** `Adam · lr 0.001 · β₁ 0.9`, from a title and the details that a record's `start` event tells. */
export const shortName = (title: string, details: string): string =>
  [
    title,
    ...details
      .split(' · ')
      .filter((part) => part !== '')
      .slice(0, PARTS),
  ].join(' · ');
