/** What the screen takes from its surroundings, made the same everywhere. To be imported before anything else. */
import { Console } from 'node:console';

process.env['TZ'] = 'UTC';
process.env['FORCE_COLOR'] = '2';
// Ink takes over the console while it draws; the test runner's console lacks what Ink needs for that.
Object.assign(console, { Console });
