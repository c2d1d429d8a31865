/** What a user has from the start. */
export function newUser(at = 1) {
  const never = { passwordExpiresAt: null, disabledAt: null, lastSeenAt: null, setUpHash: null };
  return { ...never, preferences: {}, createdAt: at, updatedAt: at };
}
