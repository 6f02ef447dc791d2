/** A recipe to begin with: half of all weights, the first layer spared a little, and nothing of the last one. */
export const recipeExample = `{
  "format": "secateur-recipe",
  "version": 1,
  "locked": ["fc2.*"],
  "rules": [
    {
      "criterion": "magnitude",
      "granularity": "weight",
      "scope": "global",
      "amount": { "sparsity": 0.5 }
    },
    {
      "tensors": ["conv1.weight"],
      "criterion": "magnitude",
      "granularity": "weight",
      "scope": "layer",
      "amount": { "sparsity": 0.2 }
    }
  ]
}
`;
