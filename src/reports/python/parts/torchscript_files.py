def tensors_in(module):
    return module.state_dict(keep_vars=True).items()
