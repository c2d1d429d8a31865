/** Version negotiation: the newest version that both sides speak, compared as numbers and not as text. */
import { SUPPORTED_VERSIONS } from './constants.ts';

/** The version to speak, or null when there is none in common. */
export function negotiateVersion(
  offered: readonly string[],
  supported: readonly string[] = SUPPORTED_VERSIONS,
): string | null {
  const common = supported.filter((version) => offered.includes(version));
  return common.sort(compareVersions).at(-1) ?? null;
}

function compareVersions(a: string, b: string): number {
  const [aMajor = 0, aMinor = 0] = a.split('.').map(Number);
  const [bMajor = 0, bMinor = 0] = b.split('.').map(Number);
  return aMajor - bMajor || aMinor - bMinor;
}
