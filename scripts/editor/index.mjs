// An editor to run, test and look at the extension in: the desktop VS Code or the browser one, fetched where it is missing.
export { browserEditor } from './browserEditor.mjs';
export { openBrowser } from './browser.mjs';
export { cacheFolder } from './cache.mjs';
export { desktopEditor, desktopFlags } from './desktop.mjs';
export { examples, root, screenshots } from './root.mjs';
export { startServer } from './server.mjs';
export { chromium, cleanEnvironment, Missing, runQuietly, say, which } from './system.mjs';
export { openWindow } from './window.mjs';
