/** A rule's text, bundled as a string. */
declare module '*.optim' {
  const text: string;
  export default text;
}
