// What the bundle lends the scripts that only some pages need: the build fills in all that each has in common with it.
export const forBuilder = (): unknown[] => [];
export const forStates = (): unknown[] => [];
