def protos_in(graph):
    """Initializers and constants by name, those of subgraphs, too."""
    for initializer in graph.initializer:
        yield initializer.name, initializer
    for node in graph.node:
        for attribute in node.attribute:
            if node.op_type == "Constant" and attribute.type == onnx.AttributeProto.TENSOR:
                yield node.output[0], attribute.t
            elif attribute.type == onnx.AttributeProto.GRAPH:
                yield from protos_in(attribute.g)
            elif attribute.type == onnx.AttributeProto.GRAPHS:
                for subgraph in attribute.graphs:
                    yield from protos_in(subgraph)


def tensor_of(proto):
    array = numpy_helper.to_array(proto).copy()
    if proto.data_type == onnx.TensorProto.BFLOAT16:  # which numpy does not have
        return torch.from_numpy(array.view(np.int16)).view(torch.bfloat16)
    return torch.from_numpy(array)


def write_back(proto, tensor):
    if tensor.dtype == torch.bfloat16:
        tensor = tensor.view(torch.int16)
    for field in ("float_data", "double_data", "int32_data"):
        proto.ClearField(field)
    proto.raw_data = tensor.numpy().tobytes()


def save(model, source, target):
    """With its weights in another file, if those of the source are."""
    protos = protos_in(onnx.load(source, load_external_data=False).graph)
    if not any(uses_external_data(proto) for _, proto in protos):
        return onnx.save(model, target)
    beside = target.with_name(f"{target.name}.data")
    beside.unlink(missing_ok=True)  # onnx would write behind what is there
    onnx.save(model, target, save_as_external_data=True, location=beside.name)
