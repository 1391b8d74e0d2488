/** The gallery of functions, each one file of this folder: those of one variable first, then by title. */
import type { GalleryFunction } from './definition';
import { gallery as all } from './index.gen';

const variables = ({ start }: GalleryFunction): number => Object.keys(start).length;

export const gallery: readonly GalleryFunction[] = [...all].sort((a, b) => variables(a) - variables(b) || (a.title < b.title ? -1 : 1));

/** The function that a scene calls `name`; undefined where there is none. */
export const findGalleryFunction = (name: string): GalleryFunction | undefined => gallery.find((each) => each.name === name);
