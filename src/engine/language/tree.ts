export type RuleTree = unknown;
