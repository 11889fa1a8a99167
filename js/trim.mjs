// What Preact and its signals can do besides, and nobody here asks of them: to take over a page's own elements
// (hydration), to wait for a promise (suspense), portals, MathML, HTML given as text, the methods of a component's life
// that no component of ours has, and signals in the place of texts and attributes. The bundle goes without,
// and is 5 kB shorter: Preact has no smaller build, and a minifier cannot know what nobody asks for at run time.
import { readFileSync } from "node:fs";

const LIFE =
  "getDerivedStateFrom(?:Props|Error)|component(?:WillReceiveProps|WillUpdate|DidUpdate|WillMount|DidMount)|getSnapshotBeforeUpdate";

const CUTS = {
  "preact/dist/preact.mjs": [
    // an element that has a class and nothing else
    [/(?<=function k\(n,t,r\)\{.*?arguments\.length;)/, '"string"==typeof t&&(t={class:t});'],
    // life
    [RegExp(`\\b\\w\\.(?:${LIFE})\\b`, "g"), "void 0"],
    [/x\.prototype\.forceUpdate=.*?\},/, ""],
    // a context's consumer
    ["t.Provider=(t.Consumer=function(n,t){return n.children(t)}).contextType=t", "t.Provider=t"],
    ["j=(s=V.contextType)&&i[s.__c],L=s?j?j.props.value:s.__:i", "L=i"],
    ["j&&j.sub(d),", ""],
    // suspense
    [/128&u\.__u&&\(.*?\),(?=\(s=n\.__b\))/, ""],
    [/if\(e\.length=v,r\.__v=null,c\|\|o\).*?else r\.__e=/, "e.length=v,r.__v=null,r.__e="],
    ["t&&t.then||D(r)", "D(r)"],
    ["r.__u&=-161,p&&p.some(g),", ""],
    [/!u&&\(i=t\.__c\)&&\(i=i\.__z\).*?g\(i\)\),/, ""],
    // portals
    [/M\.__P&&\(s=l,.*?:null\),/, ""],
    [",M.__P&&(r.__e=null,l=s)", ""],
    ["if(n.props.__P)return t;", ""],
    ["||n.props.__P", ""],
    [/&&!\w\.props\.__P/g, ""],
    // hydration
    [/32&u\.__u\?\[i\]:null/, "null"],
    ["i||S(u),32&u.__u", "i||S(u),0"],
    ["i=(u=t&&32&t.__u)?null:r.__k", "i=r.__k"],
    ["i?null:r.firstChild?d.call(r.childNodes):null", "null"],
    [/,o\)for\(s=0;.*?break\}/, ",0);"],
    [",l&&(n.__m&&n.__m(r,o),l=!1),o=null", ""],
    [/if\(a="template"==C.*?k\.value;/, "a=t;"],
    ['l&&"function"!=typeof k||', ""],
    ['l&&"textarea"!=C||', ""],
    // HTML, MathML
    ['"dangerouslySetInnerHTML"==s?y=k:', ""],
    ['"dangerouslySetInnerHTML"==s?h=k:', ""],
    [/h\?\(l\|\|y&&.*?(I\(a,.*?)o\?o\[0\]:(u\.__k&&S\(u,0\),l,c\)),o&&o\.some\(g\)\)/, "$1$2"],
    ['"math"==C?f="http://www.w3.org/1998/Math/MathML":', ""],
    [/v=\/.*?\/,/, ""],
    // styles as texts, fields with defaults, and the elements and attributes that no view has
    [/(?<="style"==t\))if\("string".*?,u\)/, "{if(u)"],
    [/\|\|"value"==s&&"defaultValue"in x.*?in x/, ""],
    [/t=t\.replace\(\/xlink.*?;else if\("width".*?"popover"!=t/, ';else if("tabIndex"!=t&&"role"!=t'],
    ['"popover"==t&&1==r?"":r', "r"],
    ['"progress"==C&&null==b?t.removeAttribute(s):', ""],
    ['&&("progress"!=C||b)', ""],
    [",x.is?x:a", ""],
    // a document to draw into, and what libraries but these two would be told
    ["n.__&&n.__(t,r),9==r.nodeType&&(r=r.documentElement),", ""],
    ["n.event?n.event(r):r", "r"],
    ["!o&&n.vnode&&n.vnode(e),", " "],
    ["n.vnode&&n.vnode(r),", ""],
    ["||o.constructor===String", ""],
    // comments between the elements
    [",e=t;e&&8==e.nodeType;)e=e.nextSibling;for(o!=e&&", ",o!=t&&"],
    [/\(t=t&&t\.nextSibling\)&&8==t.*?;\);return t/, "!1;);return t&&t.nextSibling"],
    // moving without a trace, and another's time to draw
    ["!u&&r.moveBefore&&o.parentNode?r.moveBefore(o,t):", ""],
    ["&&i==n.debounceRendering||((i=n.debounceRendering)||queueMicrotask)(H)", "||queueMicrotask(H)"],
    ["(i||queueMicrotask)(H)", "queueMicrotask(H)"],
  ],
  "preact/hooks/dist/hooks.mjs": [
    // ids, and drawing on a server
    [",p=a.__;", ";"],
    [/a\.__=function.*?p&&p\(n,t\)\},/, ""],
    [/!a\.__s&&/g, ""],
    [/1!=n&&i==a\.requestAnimationFrame.*?\|\|z\)\(g\)/, "1==n&&z(g)"],
    ['k="function"==typeof requestAnimationFrame;', "k=!0;"],
  ],
  "@preact/signals/dist/signals.module.js": [
    [/w\.displayName=.*?value:1\}\}\);/, ""],
    [/"string"==typeof n\.type/g, "!1"],
    ['"function"==typeof r.type?r.type.displayName||r.type.name:""', '""'],
    ['"__source"!==e&&', ""],
    ['||"boolean"==typeof this.u&&!0===this.u', ""],
    ['"undefined"!=typeof window&&!!window.__PREACT_SIGNALS_DEVTOOLS__', "!1"],
  ],
  "@preact/signals-core/dist/signals-core.module.js": [
    // names, and who is told that a signal is watched
    [/;this\.W=.*?t\.name/, ""],
    [/else f\(function\(\)\{var i;null==\(i=t\.W\).*?\}\)/, ""],
    [/if\(void 0===n\)f\(.*?\}\)/, ""],
    [',{name:"sub"}', ""],
    // models
    ['var i=Symbol.for("preact-signals");', ""],
    ["l.prototype.brand=i;", ""],
    ["this.name=null==t?void 0:t.name;if(n)n.push(this)", ""],
    ["var t=o,r=n;o=void 0;n=void 0;try{return i()}finally{o=t;n=r}", "var t=o;o=void 0;try{return i()}finally{o=t}"],
    // what a signal or an effect can be taken for
    [/l\.prototype\.valueOf=.*?(?=l\.prototype\.peek)/, ""],
    ["m.prototype.dispose=function(){this.d()};", ""],
    ["n[Symbol.dispose]=n;", ""],
  ],
};

/** Cuts the libraries as they are loaded; a library that has changed is an error. */
export const trimmed = {
  name: "trimmed",
  setup(build) {
    for (const [file, cuts] of Object.entries(CUTS)) {
      build.onLoad({ filter: new RegExp(`node_modules/${file}$`) }, ({ path }) => ({
        contents: cuts.reduce(
          (text, [found, instead]) => {
            const cut = text.replace(found, instead);
            if (cut === text) throw new Error(`trim.mjs: ${found} is not in ${path}`);
            return cut;
          },
          readFileSync(path, "utf8"),
        ),
      }));
    }
  },
};
