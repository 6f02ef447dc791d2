/** Keeps the work of this page: begun once, by whatever needs it first. */
import { studio } from '../store';
import { Keeper } from './keeper';

export const keeper = new Keeper(studio);
