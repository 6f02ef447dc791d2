/** Field numbers of onnx.proto (IR version 14), of messages that are read and written. */
export const modelFields = { irVersion: 1, graph: 7, opset: 8, training: 20, function: 25 } as const;
export const graphFields = {
  node: 1,
  name: 2,
  initializer: 5,
  input: 11,
  output: 12,
  valueInfo: 13,
  sparseInitializer: 15,
} as const;
export const nodeFields = { input: 1, output: 2, attribute: 5 } as const;
export const attributeFields = { name: 1, int: 3, ints: 8, type: 20 } as const;
/** AttributeProto.AttributeType. */
export const attributeTypes = { int: 2, ints: 7 } as const;
export const tensorFields = { dims: 1, dataType: 2, name: 8, rawData: 9 } as const;
export const sparseFields = { values: 1, indices: 2, dims: 3 } as const;
export const valueInfoFields = { name: 1, type: 2 } as const;
export const typeFields = { tensor: 1 } as const;
export const tensorTypeFields = { elementType: 1, shape: 2 } as const;
export const shapeFields = { dimension: 1 } as const;
export const dimensionFields = { value: 1, name: 2 } as const;
