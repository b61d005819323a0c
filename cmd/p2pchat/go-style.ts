import { Command, type ParseOptionsResult } from 'commander';

const SINGLE_DASH_WORD = /^-([A-Za-z][\w-]+)(=.*)?$/s;
const SHORT_WITH_EQUALS = /^-([A-Za-z])=(.*)$/s;

/**
 * A command whose flags work in Go's spelling as well: `-port 8080`, `-port=8080` and `-p=8080` beside `--port 8080`,
 * `--port=8080` and `-p 8080`. A short flag with its value attached (`-p8080`) stays what it is.
 */
export class GoStyleCommand extends Command {
  override createCommand(name?: string): Command {
    return new GoStyleCommand(name);
  }

  override parseOptions(args: string[]): ParseOptionsResult {
    const end = args.indexOf('--');
    const flags = end === -1 ? args : args.slice(0, end);
    const rest = end === -1 ? [] : args.slice(end);
    return super.parseOptions([...flags.flatMap((arg) => this.#twoDashes(arg)), ...rest]);
  }

  #twoDashes(arg: string): string[] {
    const short = SHORT_WITH_EQUALS.exec(arg);
    if (short !== null) return [`-${short[1]}`, short[2] ?? ''];
    const name = SINGLE_DASH_WORD.exec(arg)?.[1];
    if (name === undefined) return [arg];
    const known = (flag: string) => this.options.some(({ long, short: letter }) => long === flag || letter === flag);
    const attached = known(`-${name.slice(0, 1)}`) && /^\d/.test(name.slice(1));
    return attached && !known(`--${name}`) ? [arg] : [`-${arg}`];
  }
}
