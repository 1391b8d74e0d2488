/** The version of Optimizer Debugger, as `package.json` says it and every record repeats it. */
export { version } from '../../package.json';
