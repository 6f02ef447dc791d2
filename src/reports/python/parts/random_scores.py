def random_scores(name, seed, count):
    """Uniform in [0, 1), by the tensor's name, the seed and the index alone: the same on every machine."""

    def mix(value):
        value = (value ^ (value >> np.uint32(16))) * np.uint32(0x7FEB352D)
        value = (value ^ (value >> np.uint32(15))) * np.uint32(0x846CA68B)
        return value ^ (value >> np.uint32(16))

    golden = np.array(0x9E3779B9, dtype=np.uint32)
    stream = np.array(0x811C9DC5, dtype=np.uint32)  # FNV-1a of the name
    with np.errstate(over="ignore"):
        for byte in name.encode():
            stream = (stream ^ np.uint32(byte)) * np.uint32(0x01000193)
        first = mix(stream ^ mix(np.array(seed, dtype=np.uint32) + golden))
        second = mix(first + golden)
        index = np.arange(count, dtype=np.uint32)
        hashed = mix(mix(index ^ first) + second)
    return torch.from_numpy((hashed >> np.uint32(8)).astype(np.float32) / np.float32(2**24))
