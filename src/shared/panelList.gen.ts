// Made by scripts/generate.mjs from src/webview/panels. Do not edit.

/** The panels: their files in src/webview/panels, and what each says of itself. */
export const panelList = {
  curvature: { title: "Curvature", open: "Open the Curvature panel", icon: "compass", place: "beside" },
  gradientInspector: { title: "Gradient inspector", open: "Open the gradient inspector", icon: "pulse", place: "side" },
  landscape: { title: "Landscape", open: "Open the Landscape panel", icon: "map", place: "beside" },
  training: { title: "Training", open: "Open the Training panel", icon: "graph-line", place: "beside" },
} as const;

export type PanelId = keyof typeof panelList;
