import { GOOD } from './good.ts';
import type { Situation } from './situation.ts';
import { STRANGERS } from './strangers.ts';
import { WALLS } from './walls.ts';
import { WEATHER } from './weather.ts';

/** Every situation, in the order in which they are told. */
export const SITUATIONS: readonly Situation[] = [...GOOD, ...WEATHER, ...WALLS, ...STRANGERS];
