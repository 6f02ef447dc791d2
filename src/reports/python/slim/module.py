def slim(model, state=STATE, plan=PLAN):
    """Makes a module as small as the plan says, in place, and loads the smaller state dict strictly."""
    plan = json.loads(Path(plan).read_text())
    state = load(state)
    prefix = prefix_of(plan["tensors"], model)
    shrink(model, plan, prefix)
    model.load_state_dict({name.removeprefix(prefix): tensor for name, tensor in state.items()}, strict=True)
    return model


def prefix_of(names, model):
    """What wrappers have put before the names of the file, and not of this module."""
    own = dict(model.named_parameters(remove_duplicate=False)) | dict(model.named_buffers(remove_duplicate=False))
    for prefix in ("", "module.", "_orig_mod.", "model.", "net."):
        if all(name.removeprefix(prefix) in own for name in names):
            return prefix
    missing = [name for name in names if name not in own]
    raise KeyError(f"The module has no {missing[0]}: it is not the one that the plan was made for.")


def shrink(model, plan, prefix=""):
    """Parameters and buffers lose what the plan takes, and layers say their new sizes."""
    smaller = {}
    resized = {}
    for name, axes in plan["tensors"].items():
        path, _, key = name.removeprefix(prefix).rpartition(".")
        module = model.get_submodule(path)
        tensor = getattr(module, key)
        if id(tensor) not in smaller:  # tied parameters stay tied
            kept = tensor.detach()
            for axis, indices in axes.items():
                kept = kept.index_select(int(axis), torch.tensor(indices, device=kept.device))
            made = nn.Parameter(kept, tensor.requires_grad) if isinstance(tensor, nn.Parameter) else kept
            smaller[id(tensor)] = tensor, made
        setattr(module, key, smaller[id(tensor)][1])
        resized[path] = module
    groups = {name.removeprefix(prefix): count for name, count in plan["groups"].items()}
    for path, module in resized.items():
        resize(module, groups.get(path))


def resize(module, groups):
    """The sizes that a layer says of itself."""
    tensors = module._parameters | module._buffers
    found = [tensors[key] for key in ("weight", "weight_orig", "running_mean") if tensors.get(key) is not None]
    if not found:
        return
    shape = found[0].shape
    if isinstance(module, nn.modules.conv._ConvNd):
        module.groups = groups or module.groups
        wide, narrow = shape[0], shape[1] * module.groups
        if module.transposed:
            module.in_channels, module.out_channels = wide, narrow
        else:
            module.out_channels, module.in_channels = wide, narrow
    elif isinstance(module, nn.Linear):
        module.out_features, module.in_features = shape
    elif isinstance(module, nn.modules.batchnorm._NormBase):
        module.num_features = shape[0]
    elif isinstance(module, nn.PReLU):
        module.num_parameters = shape[0]
    elif isinstance(module, nn.Embedding):
        module.num_embeddings, module.embedding_dim = shape
