// What the bundle says often, said once: a variable holds `"span"`, `null`, `document`, or the function `Math.max`. And
// arrows, which are shorter than functions. Neither esbuild nor terser does this, for packed it saves nothing; the limit
// is for the bundle as it is, and without this that is 9 kB longer.

const words = (text) => text.match(/\w+/g);

/** Objects of the language whose functions need no `this`. */
const LOOSE = ["Array", "JSON", "Math", "Object", "String"];
/** What every page has from the beginning, by names that we give to nothing else. */
const GLOBAL = words(
  "AbortController Error Promise ResizeObserver Uint32Array Uint8Array clearTimeout document requestAnimationFrame setTimeout",
);
/** Properties that take longer than to look up their name, or are asked for when something is made or a person acts. */
const CALM = words(`
  addEventListener class_name clientHeight clientWidth createElement currentTarget disconnect documentElement filter
  findIndex flatMap getBoundingClientRect getRootNode includes indexOf metadata namespaceURI nextSibling nodeType
  preventDefault prototype querySelector querySelectorAll removeEventListener replaceAll scrollHeight scrollLeft
  scrollTop setAttribute startsWith textContent toLowerCase`);

/** What a node says as part of another, if a variable can say it. */
function said(node, as, parent) {
  const { type, name, value, regex, operator, argument, object, property, computed } = node;
  if (type === "Identifier" && as === "property" && !parent.computed)
    return CALM.includes(name) ? JSON.stringify(name) : null;
  if (type === "Identifier") return GLOBAL.includes(name) ? name : null;
  if (type === "Literal" && !regex && (typeof value === "string" || value === null)) return JSON.stringify(value);
  if (type === "UnaryExpression" && operator === "void" && argument.value === 0) return "void 0";
  if (type !== "MemberExpression" || computed || !LOOSE.includes(object.name)) return null;
  return property.name === "prototype" ? null : `${object.name}.${property.name}`;
}

/** False where no variable may stand, or where it would cost time: a comparison of types, a known key. */
function mayStand(name, node) {
  if (node.directive || name === "source") return false;
  if (node.type === "BinaryExpression") return node.left.operator !== "typeof" && node.right.operator !== "typeof";
  return name !== "key" || node.computed;
}

const childrenOf = (node) => Object.entries(node).filter(([, child]) => typeof child === "object" && child !== null);

/** Calls `visit` for all in an ESTree that a variable can say: what is said, the node above it, and as what it has it. */
function each(node, visit) {
  for (const [name, child] of childrenOf(node)) {
    if (node.type && !mayStand(name, node)) continue;
    const saying = said(child, name, node);
    if (saying === null) each(child, visit);
    else visit(saying, node, name);
  }
}

/** The names of what is made by `new`. */
function madeIn(node) {
  const names = childrenOf(node).flatMap(([, child]) => madeIn(child));
  return node.type === "NewExpression" ? [node.callee.name, ...names] : names;
}

/** True where the code has a `this` or `arguments` of its own function's. */
function needsFunction(node) {
  if (node.type === "ThisExpression" || node.type === "MetaProperty" || node.name === "arguments") return true;
  return childrenOf(node).some(([, child]) => !/^Function|^Class/.test(child.type) && needsFunction(child));
}

/** `f = (x) => y`, for `function f(x) { return y }`. */
function arrow({ id, async, params, body }) {
  const [{ type, argument } = {}, ...others] = body.body;
  const expression = type === "ReturnStatement" && argument && others.length === 0;
  const init = { type: "ArrowFunctionExpression", async, params, expression, body: expression ? argument : body };
  return { type: "VariableDeclarator", id, init };
}

/** Takes away the fields that a class only declares: its constructor makes them. */
function dropDeclared(node) {
  const isDeclared = ({ type, value, static: ofClass }) => type === "PropertyDefinition" && !value && !ofClass;
  if (node.type === "ClassBody") node.body = node.body.filter((member) => !isDeclared(member));
  for (const [, child] of childrenOf(node)) dropDeclared(child);
}

/** The same program, an ESTree, with arrows for its functions, and a variable for whatever this makes shorter. */
export function pooled(program) {
  dropDeclared(program);
  const made = new Set(madeIn(program));
  const isArrow = (node) =>
    node.type === "FunctionDeclaration" && !node.generator && !made.has(node.id.name) && !needsFunction(node);
  const arrows = program.body.filter(isArrow).map(arrow);
  const body = program.body.filter((node) => !isArrow(node));
  const places = new Map();
  each([arrows, body], (saying, node, name) => places.set(saying, [...(places.get(saying) ?? []), [node, name]]));
  const isProperty = ([node, as]) => as === "property" && !node.computed;
  const often = [...places].filter(([{ length }, found]) => {
    const saved = found.map((place) => length - (isProperty(place) ? 5 : 2));
    return saved.reduce((sum, one) => sum + one) > length + 4;
  });
  // What is said most has the shortest names: they are given in order.
  often.sort(([, a], [, b]) => b.length - a.length);
  const sayings = often.map(([, found], index) => {
    const [[first, as]] = found;
    const id = { type: "Identifier", name: `said${index}` };
    const init = isProperty([first, as]) ? { type: "Literal", value: first[as].name } : first[as];
    const declaration = { type: "VariableDeclarator", id, init };
    for (const [node, name] of found) {
      node.computed ||= name === "property";
      node[name] = id;
    }
    return declaration;
  });
  const declarations = [...sayings, ...arrows];
  if (declarations.length === 0) return program;
  return { ...program, body: [{ type: "VariableDeclaration", kind: "let", declarations }, ...body] };
}
