// What the bundle lends the builder's script: the build fills it with all that both have.
export const lent: Record<string, unknown> = {};
