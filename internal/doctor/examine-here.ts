import { diagnose } from './diagnose.ts';
import { type ExamineOptions, examine } from './examine.ts';

/** Examines the network from within the chat, which accepts links on `port`: what came of it, in words. Never rejects. */
export async function examineHere(
  options: Omit<ExamineOptions, 'profile' | 'portNamed' | 'running' | 'named'>,
): Promise<readonly string[]> {
  try {
    const facts = await examine({ ...options, profile: undefined, portNamed: true, running: true, named: [] });
    const { verdict, cause, fix, evidence } = diagnose(facts);
    // What matters stands at the end, where a screen of few rows shows it.
    return [...evidence, `${verdict}: ${cause}`, `to do: ${fix}`];
  } catch (error) {
    return [`the network could not be examined: ${error instanceof Error ? error.message : String(error)}`];
  }
}
