def each(work, parts, use_ray):
    """Works on one part after the other, or on all of them over a Ray cluster."""
    if not use_ray:
        return [work(part) for part in parts]
    import ray

    if not ray.is_initialized():
        ray.init()
    remote = ray.remote(work)
    return ray.get([remote.remote(part) for part in parts])
