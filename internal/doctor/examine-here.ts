import { diagnose } from './diagnose.ts';
import { evidenceInShort } from './evidence.ts';
import { type ExamineOptions, examine } from './examine.ts';
import { look } from './picture.ts';

/** Examines the network from within the chat, which accepts links on `port`: what came of it, in words. Never rejects. */
export async function examineHere(options: Omit<ExamineOptions, 'profile' | 'running'>): Promise<readonly string[]> {
  try {
    const facts = await examine({ ...options, profile: undefined, running: true });
    const { verdict, cause, fix } = diagnose(facts);
    // What matters stands at the end, where a screen of few rows shows it.
    return [...evidenceInShort(look(facts)), `${verdict}: ${cause}`, `to do: ${fix}`];
  } catch (error) {
    return [`the network could not be examined: ${error instanceof Error ? error.message : String(error)}`];
  }
}
