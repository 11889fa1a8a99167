// Runs in a page before any of its own code, and notes whatever text from outside must never bring about.
window.tripwires = { script: [], navigation: [], prototype: [], style: [], markup: [], hidden: [] };

{
  const note = (wire, what) => {
    const faults = tripwires[wire];
    if (faults.length < 20) faults.push(String(what).slice(0, 300));
  };

  // --- script: what payloads call, and what they would call to be seen
  window.trip = () => note("script", new Error("trip() ran").stack);
  for (const name of ["alert", "confirm", "prompt", "print"]) window[name] = () => note("script", `${name}() ran`);
  for (const element of ["error", "load", "focus", "blur", "toggle"]) {
    // A handler that was written as an attribute is text that became code.
    addEventListener(element, ({ target }) => {
      if (target instanceof Element && target.closest(".cv-root") && target.hasAttribute(`on${element}`)) {
        note("script", `on${element} of ${target.outerHTML}`);
      }
    }, true);
  }

  // --- navigation: within the page; leaving it is seen from outside
  const { pushState, replaceState } = history;
  Object.assign(history, {
    pushState: (...all) => (note("navigation", `pushState ${all[2]}`), pushState.apply(history, all)),
    replaceState: (...all) => (note("navigation", `replaceState ${all[2]}`), replaceState.apply(history, all)),
  });
  window.open = (url) => (note("navigation", `open ${url}`), null);
  addEventListener("hashchange", () => note("navigation", location.href));
  addEventListener("submit", ({ target }) => note("navigation", target.outerHTML), true);

  // --- prototype: nothing is added to what all objects share
  const shared = { Object, Array, String, Number, Function, Map, Set, Promise, RegExp, Node, Element, HTMLElement, Event };
  const own = () =>
    Object.entries(shared).flatMap(([name, { prototype }]) =>
      Reflect.ownKeys(prototype).map((key) => `${name}.prototype.${String(key)}`),
    );
  const before = new Set(own());

  // --- markup, style, hidden characters: what comes into a view is watched as it comes
  const ELEMENTS =
    "script,style,link,meta,base,iframe,frame,object,embed,img,image,picture,source,video,audio,a,area,form,math," +
    "foreignObject,use,animate,set,template,marquee,body,table[background],input[type=image],[contenteditable]";
  const ATTRIBUTES = /^on|^(href|src|srcset|srcdoc|action|formaction|background|poster|data|ping|xlink:href)$/i;
  // A joiner inside a picture is part of it.
  const UNSEEN = /(?![\t\n]|(?<=\p{Extended_Pictographic}\ufe0f?)\u200d)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

  const judgeAttribute = (element, { name, value }) => {
    if (ATTRIBUTES.test(name)) note("markup", `${name}=${value}`);
    if (name === "style" && /url\(|position|@import|!important/i.test(value)) note("style", `style=${value}`);
    // The root itself has its host's classes too.
    const foreign = name === "class" && !element.matches(".cv-root") && /(^|\s)(?!cv-|_)\S/.test(value);
    if (foreign) note("style", `class=${value}`);
    if (/^(title|aria-label|placeholder|alt)$/.test(name) && UNSEEN.test(value)) note("hidden", `${name}=${value}`);
  };
  const judgeText = (node) => UNSEEN.test(node.data) && note("hidden", JSON.stringify(node.data.slice(0, 200)));
  const judge = (node) => {
    if (node instanceof Text) return judgeText(node);
    if (!(node instanceof Element)) return;
    for (const element of [node, ...node.querySelectorAll("*")]) {
      if (element.matches(ELEMENTS)) note("markup", element.outerHTML);
      for (const attribute of element.attributes) judgeAttribute(element, attribute);
    }
    const texts = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) judgeText(texts.currentNode);
  };
  const isOurs = (node) => (node instanceof Element ? node : node.parentElement)?.closest(".cv-root");
  new MutationObserver((records) => {
    for (const { type, target, attributeName, addedNodes } of records) {
      if (!isOurs(target)) continue;
      if (type === "childList") addedNodes.forEach(judge);
      else if (type === "characterData") judgeText(target);
      else if (target.hasAttribute(attributeName)) judgeAttribute(target, target.getAttributeNode(attributeName));
    }
  }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });

  // --- style from outside would show on what stands beside the views
  const LOOK = { color: "rgb(1, 2, 3)", position: "static", display: "block", "background-image": "none" };
  const looks = () => {
    const beside = document.body.appendChild(document.createElement("div"));
    beside.style.color = LOOK.color;
    const computed = getComputedStyle(beside);
    for (const [name, value] of Object.entries(LOOK)) {
      if (computed[name] !== value) note("style", `beside the views ${name} is ${computed[name]}`);
    }
    beside.remove();
  };

  window.tripwires.check = () => {
    looks();
    for (const key of own()) if (!before.has(key)) note("prototype", key);
    return Object.entries(tripwires).flatMap(([wire, faults]) =>
      Array.isArray(faults) ? faults.map((fault) => `${wire}: ${fault}`) : [],
    );
  };
}
