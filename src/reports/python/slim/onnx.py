def slim(model, plan):
    """Applies the plan to a model, in place. What is kept and what is said otherwise is in it."""
    if plan["format"] != "secateur-slim-plan" or plan["version"] != 1:
        sys.exit("The plan is of a kind that this script does not know.")
    graph = model.graph
    nodes = list(graph.node)
    if len(nodes) != plan["nodes"]:
        sys.exit(f"The plan is for another graph: it has {plan['nodes']} nodes, this one has {len(nodes)}.")
    names = set(names_in(graph))
    aliases = aliases_in(nodes)
    constants = {node.output[0]: node for node in nodes if node.op_type == "Constant"}
    stored = {initializer.name: initializer for initializer in graph.initializer}
    stored |= {name: node.attribute[0].t for name, node in constants.items() if node.attribute[0].HasField("t")}

    def fresh(name):
        for i in itertools.count():
            candidate = f"{name}_slim{i or ''}"
            if candidate not in names:
                names.add(candidate)
                return candidate

    # Which inputs read which tensor of the file, whatever they call it.
    readers = {}
    for position, node in enumerate(nodes):
        if node.op_type != "Identity":
            for place, name in enumerate(node.input):
                readers.setdefault(aliases.get(name, name), set()).add((position, place))
    for outer in [name for name in names_within(graph)] + [output.name for output in graph.output]:
        readers.setdefault(aliases.get(outer, outer), set()).add(outer)

    added, dropped = [], set()
    by_name = {}
    for tensor in plan["tensors"]:
        by_name.setdefault(tensor["name"], []).append(tensor)
    for name, tensors in by_name.items():
        if name not in stored or list(stored[name].dims) != tensors[0]["shape"]:
            sys.exit(f"The plan is for another graph: {name} is another there, or is not here.")
        cuts = {}
        for tensor in tensors:
            cuts.setdefault(json.dumps([tensor["axes"], tensor.get("neverZeroed")]), []).append(tensor)
        planned = {(use["node"], use["input"]) for tensor in tensors for use in tensor["uses"]}
        whole = planned == readers.get(name, set())
        direct = all(nodes[position].input[place] == name for position, place in planned)
        in_place = whole and direct and len(cuts) == 1 and name not in constants
        for same in cuts.values():
            array = numpy_helper.to_array(stored[name])
            for axis in same[0]["axes"]:
                array = array.take(axis["kept"], axis["axis"])
            written = name if in_place else fresh(name)
            made = numpy_helper.from_array(np.ascontiguousarray(array), written)
            if made.data_type != stored[name].data_type:
                sys.exit(f"This version of onnx cannot write {name} as it was: install a newer one.")
            if in_place:
                stored[name].CopyFrom(made)
                continue
            added.append(made)
            for use in (use for tensor in same for use in tensor["uses"]):
                nodes[use["node"]].input[use["input"]] = written
        if whole and not in_place:
            dropped.add(name)

    for change in plan["adjustments"]:
        node = nodes[change["node"]]
        if change["kind"] == "input":
            name = fresh(f"{node.output[0] or node.op_type}_input{change['input']}")
            added.append(numpy_helper.from_array(np.array(change["ints"], np.int64), name))
            if change.get("scalar"):
                del added[-1].dims[:]
            give(node, change["input"], name)
            continue
        others = [attribute for attribute in node.attribute if attribute.name != change["attribute"]]
        del node.attribute[:]
        node.attribute.extend(others)
        if change["kind"] != "without":
            value = change["int"] if change["kind"] == "int" else change["ints"]
            node.attribute.append(helper.make_attribute(change["attribute"], value, attr_type=None if value != [] else 7))

    for constant in plan.get("constants", []):
        node = nodes[constant["node"]]
        values = np.array(constant["values"], np.float32)
        name = fresh(f"{node.output[0] or node.op_type}_input{constant['input']}")
        added.append(numpy_helper.from_array(values[constant.get("kept", slice(None))], name))
        before = node.input[constant["input"]] if constant["input"] < len(node.input) else ""
        give(node, constant["input"], name)
        before = aliases.get(before, before)
        if before in stored and not any(aliases.get(read, read) == before for each in nodes for read in each.input):
            dropped.add(before)

    gone = {name for name, of in aliases.items() if of in dropped} | dropped
    left = [node for node in nodes if node.op_type not in ("Constant", "Identity") or node.output[0] not in gone]
    kept = [initializer for initializer in graph.initializer if initializer.name not in dropped]
    changed = set(plan["reshaped"]) | set(by_name) | dropped
    infos = [info for info in graph.value_info if info.name not in changed]
    early = model.ir_version < 4
    inputs = [each for each in graph.input if each.name not in stored or not (early or each.name in changed)]
    # Copies: clearing a field would empty what it holds.
    fields = {"node": left, "initializer": kept + added, "value_info": infos, "input": inputs}
    fields = {field: [copied(each) for each in values] for field, values in fields.items()}
    for field, values in fields.items():
        graph.ClearField(field)
        getattr(graph, field).extend(values)
    model.ir_version = max(model.ir_version, 4)


def give(node, place, name):
    while len(node.input) <= place:
        node.input.append("")
    node.input[place] = name


def copied(message):
    copy = type(message)()
    copy.CopyFrom(message)
    return copy


def aliases_in(nodes):
    """Other names of values: Identity gives them."""
    aliases = {}
    for node in nodes:
        if node.op_type == "Identity" and node.domain in ("", "ai.onnx"):
            aliases[node.output[0]] = aliases.get(node.input[0], node.input[0])
    return aliases


def graphs_in(graph):
    for node in graph.node:
        for attribute in node.attribute:
            for inner in [attribute.g, *attribute.graphs]:
                if inner.node or inner.output:
                    yield inner
                    yield from graphs_in(inner)


def names_in(graph):
    for each in [graph, *graphs_in(graph)]:
        yield from (value.name for value in [*each.input, *each.initializer])
        for node in each.node:
            yield from node.output


def names_within(graph):
    """What graphs within nodes may read of the graph around them."""
    for inner in graphs_in(graph):
        for node in inner.node:
            yield from node.input
        yield from (value.name for value in inner.output)
