/** Of the HTML report; light or dark as the reader's system is. */
export const styles = `
:root { color-scheme: light dark; --text: #1d2430; --dim: #5a6473; --line: #d9dee5; --page: #fff; --kept: #2f6fb4; --pruned: #d9731a; --before: #f0bd8c; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e4e8ee; --dim: #9aa5b4; --line: #333c48; --page: #14181e; --kept: #5b9bdc; --pruned: #f08c37; --before: #8a5a2e; }
}
body { margin: 2rem auto; padding: 0 1.5rem; max-width: 72rem; background: var(--page); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; overflow-wrap: anywhere; }
h2 { margin-top: 2rem; font-size: 1.15rem; }
p, small, .axis { color: var(--dim); }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 0.25rem 0.75rem 0.25rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; overflow-wrap: anywhere; }
thead th { color: var(--dim); font-weight: 600; }
tbody tr:not(.in) td { color: var(--dim); }
.summary tbody td { color: inherit; }
pre { padding: 0.75rem; border: 1px solid var(--line); border-radius: 6px; overflow: auto; }
svg { width: 100%; height: auto; }
svg text { fill: var(--text); font: 12px system-ui, sans-serif; }
svg .axis { fill: var(--dim); }
svg .kept { fill: var(--kept); }
svg .pruned { fill: var(--pruned); }
svg .before { fill: var(--before); }
@media print { details { display: none; } }
`;
