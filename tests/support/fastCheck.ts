/** Continuous integration judges every change by the same cases; elsewhere each run of a property draws others. */
import fc from 'fast-check';

if (process.env.CI) fc.configureGlobal({ seed: 20_261_125 });
