def read(path):
    with safetensors.safe_open(path, framework="pt") as file:
        return {name: file.get_tensor(name) for name in file.keys()}, file.metadata()


def files_of(source):
    """The file, or the shards that model.safetensors.index.json names."""
    if source.suffix != ".json":
        return [source]
    shards = json.loads(source.read_text())["weight_map"].values()
    return [source.parent / Path(shard).name for shard in sorted(set(shards))]


def pairs_of(source, target):
    """Files to read, each with the one to write: shards go beside the new index, under their own names."""
    if source.suffix != ".json":
        return [(source, target)]
    if target.suffix != ".json":
        target = target / source.name
    if source.parent.resolve() == target.parent.resolve():
        sys.exit("A sharded checkpoint has to be written into another folder.")
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    return [(shard, target.parent / shard.name) for shard in files_of(source)]


def read_weights(path):
    """The weights that the recipe prunes, as far as they are in this file."""
    tensors, _ = read(path)
    return {name: tensors[name] for name in NAMES if name in tensors}


def assert_found(names):
    missing = [name for name in NAMES if name not in names]
    if missing:
        sys.exit(f"The checkpoint has no tensor {missing[0]}.")
