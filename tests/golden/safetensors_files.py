"""Writes small safetensors files with the real library, and asks the library about headers that nobody should write.

    python tests/golden/safetensors_files.py

`files/safetensors/NAME` is the file, `NAME.json` the library's answer: name, dtype, shape and SHA-256 of every tensor.
`headers.json` lists headers with the library's verdict. A header is Latin-1 text, one character a byte; `length` is what
the length field says where that is not the header's length; `data` counts the bytes behind the header, all zero.
"""

import hashlib
import json
import re
import struct
import tempfile
from pathlib import Path

import safetensors
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

folder = Path(__file__).parent / "files" / "safetensors"


def record(name):
    """Says what the library makes of the file."""
    tensors = [
        {"name": key, "dtype": found["dtype"], "shape": found["shape"], "sha256": hashlib.sha256(found["data"]).hexdigest()}
        for key, found in sorted(safetensors.deserialize((folder / name).read_bytes()))
    ]
    (folder / f"{name}.json").write_text(json.dumps(tensors, indent=1) + "\n")


def save(name, tensors, metadata=None):
    save_file(tensors, folder / name, metadata)
    record(name)


def file_of(header, data, length=None):
    return struct.pack("<Q", len(header) if length is None else length) + header + data


def write(name, header, data):
    """A file that the library reads but would not write."""
    (folder / name).write_bytes(file_of(header.encode(), data))
    record(name)


def tensor(dtype="F32", shape="[1]", offsets="[0,4]", more=""):
    return f'{{"dtype":"{dtype}","shape":{shape},"data_offsets":{offsets}{more}}}'


def one(**fields):
    return f'{{"a":{tensor(**fields)}}}'


def nested(depth):
    return one(more=f',"x":{"[" * depth}{"]" * depth}')


# What it is, header, bytes of data, declared length.
headers = [
    ("one tensor", one(), 4),
    ("no tensors", "{}", 0),
    # The text as a whole.
    ("spaces before", f"  \n\t\r{one()}", 4),
    ("spaces behind", f"{one()}  \n", 4),
    ("spaces inside", one().replace(":", " :\n").replace(",", "\t,\r"), 4),
    ("NUL behind", f"{one()}\0\0", 4),
    ("a byte order mark", "\ufeff" + one(), 4),
    ("a form feed before", "\f" + one(), 4),
    ("nothing", "", 0),
    ("only spaces", "        ", 0),
    ("an array", "[]", 0),
    ("null", "null", 0),
    ("a string", '"a"', 0),
    ("two objects", "{}{}", 0),
    ("a comma at the end", one()[:-1] + ",}", 4),
    ("a comma at the end of a shape", one(shape="[1,]"), 4),
    ("a comment", "/* */" + one(), 4),
    ("an open object", one()[:-1], 4),
    ("an open string", '{"a', 0),
    ("single quotes", one().replace('"', "'"), 4),
    ("a name without quotes", "{a:1}", 0),
    # Names.
    ("an empty name", one().replace('"a"', '""'), 4),
    ("the name __proto__", one().replace('"a"', '"__proto__"'), 4),
    ("a name in Japanese", one().replace('"a"', '"重み"'), 4),
    ("an escaped name", one().replace('"a"', '"\\u0061\\n\\/\\ud83d\\ude00"'), 4),
    ("half a surrogate pair", one().replace('"a"', '"\\ud83d"'), 4),
    ("the wrong half of a surrogate pair", one().replace('"a"', '"\\ude00"'), 4),
    ("two lower halves of surrogate pairs", one().replace('"a"', '"\\ude00\\ude00"'), 4),
    ("half a surrogate pair before another escape", one().replace('"a"', '"\\ud83d\\u0061"'), 4),
    ("an unknown escape", one().replace('"a"', '"\\x61"'), 4),
    ("a short escape", one().replace('"a"', '"\\u61"'), 4),
    ("a line break in a name", one().replace('"a"', '"\n"'), 4),
    ("a NUL in a name", one().replace('"a"', '"\0"'), 4),
    ("an escaped NUL in a name", one().replace('"a"', '"\\u0000"'), 4),
    ("Latin-1 in a name", b'{"\xe9":' + tensor().encode() + b"}", 4),
    ("an overlong NUL in a name", b'{"\xc0\x80":' + tensor().encode() + b"}", 4),
    ("a surrogate in UTF-8", b'{"\xed\xa0\xbd":' + tensor().encode() + b"}", 4),
    ("a name twice, both at one place", f'{{"a":{tensor()},"a":{tensor()}}}', 4),
    ("a name twice, one after the other", f'{{"a":{tensor()},"a":{tensor(offsets="[4,8]")}}}', 8),
    ("a name twice, once in escapes", f'{{"a":{tensor()},"\\u0061":{tensor(offsets="[4,8]")}}}', 8),
    # Metadata.
    ("metadata", f'{{"__metadata__":{{"format":"pt"}},"a":{tensor()}}}', 4),
    ("metadata behind", f'{{"a":{tensor()},"__metadata__":{{"format":"pt"}}}}', 4),
    ("empty metadata", '{"__metadata__":{}}', 0),
    ("metadata null", '{"__metadata__":null}', 0),
    ("metadata with a key twice", '{"__metadata__":{"a":"1","a":"2"}}', 0),
    ("metadata twice", '{"__metadata__":{},"__metadata__":{}}', 0),
    ("metadata with a number", '{"__metadata__":{"a":1}}', 0),
    ("metadata with null in it", '{"__metadata__":{"a":null}}', 0),
    ("metadata with an object in it", '{"__metadata__":{"a":{}}}', 0),
    ("metadata that is a string", '{"__metadata__":"a"}', 0),
    ("metadata that is an array", '{"__metadata__":[]}', 0),
    ("metadata like a tensor", f'{{"__metadata__":{tensor()}}}', 4),
    # Fields of a tensor.
    ("an unknown field", one(more=',"note":"x"'), 4),
    ("unknown fields of all kinds", one(more=',"x":{"y":[1,-2,3.5e-7,true,false,null,{}]}'), 4),
    ("an unknown field twice", one(more=',"x":1,"x":2'), 4),
    ("an unknown field out of range", one(more=',"x":1e999'), 4),
    ("an unknown field with a bare minus", one(more=',"x":-'), 4),
    ("an unknown field with a leading zero", one(more=',"x":01'), 4),
    ("an unknown field with a bare point", one(more=',"x":1.'), 4),
    ("an unknown field that says NaN", one(more=',"x":NaN'), 4),
    ("an unknown field 125 deep", nested(125), 4),
    ("an unknown field 126 deep", nested(126), 4),
    ("an unknown field 1,000 deep", nested(1000), 4),
    ("dtype twice", one(more=',"dtype":"F32"'), 4),
    ("shape twice", one(more=',"shape":[1]'), 4),
    ("data_offsets twice", one(more=',"data_offsets":[0,4]'), 4),
    ("no dtype", '{"a":{"shape":[1],"data_offsets":[0,4]}}', 4),
    ("no shape", '{"a":{"dtype":"F32","data_offsets":[0,4]}}', 4),
    ("no data_offsets", '{"a":{"dtype":"F32","shape":[1]}}', 4),
    ("a tensor that is null", '{"a":null}', 0),
    ("a tensor that is a number", '{"a":1}', 0),
    ("a tensor as an array of its fields", '{"a":["F32",[1],[0,4]]}', 4),
    ("a dtype as an object", one().replace('"F32"', '{"F32":null}'), 4),
    ("a dtype in lower case", one(dtype="f32"), 4),
    ("a dtype that is a number", one().replace('"F32"', "5"), 4),
    ("a dtype that is null", one().replace('"F32"', "null"), 4),
    ("an unknown dtype", one(dtype="F128"), 4),
    ("a dtype of other formats", one(dtype="QINT8", shape="[4]"), 4),
    ("an escaped dtype", one(dtype="\\u004632"), 4),
    # Shapes.
    ("a scalar", one(shape="[]"), 4),
    ("a shape that is a number", one(shape="1"), 4),
    ("a shape that is null", one(shape="null"), 4),
    ("a float size", one(shape="[1.0]"), 4),
    ("a size with an exponent", one(shape="[1e0]"), 4),
    ("a negative size", one(shape="[-1]"), 4),
    ("minus zero", one(shape="[-0]", offsets="[0,0]"), 0),
    ("a size in quotes", one(shape='["1"]'), 4),
    ("a size with a leading zero", one(shape="[01]"), 4),
    ("a size with a plus", one(shape="[+1]"), 4),
    ("a hexadecimal size", one(shape="[0x1]"), 4),
    ("a size of 2^64 - 1 beside 0", one(shape="[0,18446744073709551615]", offsets="[0,0]"), 0),
    ("a size of 2^64 beside 0", one(shape="[0,18446744073709551616]", offsets="[0,0]"), 0),
    ("a size above 2^53 beside 0", one(shape="[0,9007199254740993]", offsets="[0,0]"), 0),
    ("sizes that overflow before their 0", one(shape="[9223372036854775808,2,0]", offsets="[0,0]"), 0),
    ("sizes that overflow behind their 0", one(shape="[0,9223372036854775808,2]", offsets="[0,0]"), 0),
    ("sizes that wrap round to 1", one(shape="[4294967297,4294967295,1]"), 4),
    ("bits that overflow", one(shape="[4611686018427387905]"), 4),
    ("fewer elements than bytes", one(offsets="[0,8]"), 8),
    ("more elements than bytes", one(shape="[2]"), 4),
    ("1,024 dimensions", one(shape=f"[{','.join(['1'] * 1024)}]"), 4),
    ("1,025 dimensions", one(shape=f"[{','.join(['1'] * 1025)}]"), 4),
    # Widths below a byte.
    ("two elements of four bits", one(dtype="F4", shape="[2]", offsets="[0,1]"), 1),
    ("three elements of four bits", one(dtype="F4", shape="[3]", offsets="[0,2]"), 2),
    ("four elements of six bits", one(dtype="F6_E2M3", shape="[4]", offsets="[0,3]"), 3),
    ("three elements of six bits", one(dtype="F6_E3M2", shape="[3]", offsets="[0,3]"), 3),
    # Offsets.
    ("no offsets in the pair", one(offsets="[]"), 4),
    ("one offset", one(offsets="[0]"), 4),
    ("three offsets", one(offsets="[0,4,8]"), 4),
    ("offsets as an object", one(offsets='{"0":0,"1":4}'), 4),
    ("offsets as floats", one(offsets="[0.0,4.0]"), 4),
    ("negative offsets", one(offsets="[-4,0]"), 4),
    ("offsets the wrong way round", one(offsets="[4,0]"), 4),
    ("a tensor that does not begin at 0", one(offsets="[4,8]"), 8),
    ("a hole", f'{{"a":{tensor()},"b":{tensor(offsets="[8,12]")}}}', 12),
    ("an overlap", f'{{"a":{tensor()},"b":{tensor(offsets="[2,6]")}}}', 6),
    ("two tensors in one place", f'{{"a":{tensor()},"b":{tensor()}}}', 4),
    ("tensors not in the order of their data", f'{{"a":{tensor(offsets="[4,8]")},"b":{tensor()}}}', 8),
    ("an empty tensor at the end", f'{{"a":{tensor()},"b":{tensor(shape="[0]", offsets="[4,4]")}}}', 4),
    ("an empty tensor between two", f'{{"a":{tensor()},"b":{tensor(shape="[0]", offsets="[4,4]")},"c":{tensor(offsets="[4,8]")}}}', 8),
    ("an empty tensor between two, named last", f'{{"a":{tensor()},"c":{tensor(offsets="[4,8]")},"b":{tensor(shape="[0]", offsets="[4,4]")}}}', 8),
    ("an empty tensor inside another", f'{{"a":{tensor()},"b":{tensor(shape="[0]", offsets="[2,2]")}}}', 4),
    ("an empty tensor beyond the end", f'{{"a":{tensor()},"b":{tensor(shape="[0]", offsets="[8,8]")}}}', 4),
    ("less data than it describes", one(), 3),
    ("more data than it describes", one(), 5),
    ("data without tensors", "{}", 8),
    ("an offset of 2^64 - 1", one(offsets="[0,18446744073709551615]"), 4),
    ("an offset of 2^64", one(offsets="[0,18446744073709551616]"), 4),
    # The length field.
    ("a length longer than the file", one(), 4, 200),
    ("a length above 100 MB", one(), 4, 100_000_001),
    ("a length of 2^63", one(), 4, 2**63),
    ("a length of 2^64 - 1", one(), 4, 2**64 - 1),
    ("a length one too short", one(), 4, len(one()) - 1),
    ("a length of 0", "", 4, 0),
]


def verdict(data):
    """What both of the library's readers say: of bytes, and of a file."""
    with tempfile.NamedTemporaryFile(suffix=".safetensors") as file:
        file.write(data)
        file.flush()
        errors = []
        for read in (lambda: safetensors.deserialize(data), lambda: safe_open(file.name, "numpy")):
            try:
                read()
                errors.append(None)
            except SafetensorError as error:
                errors.append(str(error))
    assert (errors[0] is None) == (errors[1] is None), errors
    return errors[0]


def judge(name, header, data, length=None):
    raw = header if isinstance(header, bytes) else header.encode()
    error = verdict(file_of(raw, bytes(data), length))
    case = {"name": name, "header": raw.decode("latin-1"), "data": data}
    if length is not None:
        case["length"] = str(length)
    case["accepted"] = error is None
    if error is not None:
        # Of two tensors at fault it names either.
        case["error"] = re.sub(r"tensor `.*`", "tensor", error)
    return case


def main():
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(1)
    save(
        "plain.safetensors",
        {
            "conv.weight": torch.randn(4, 2, 3, 3),
            "conv.bias": torch.randn(4),
            "fc.weight": torch.randn(5, 7, dtype=torch.float64),
            "half.weight": torch.randn(3, 5).half(),
            "brain.weight": torch.randn(3, 5).bfloat16(),
            "steps": torch.tensor(7),
        },
        {"note": 'a "quoted" word, ein Wört'},  # one: the library writes several in any order
    )
    save("empty.safetensors", {})
    save("only-metadata.safetensors", {}, {"format": "pt"})
    save(
        "zero-size.safetensors",
        {"none": torch.empty(0), "rows": torch.empty(0, 3), "columns": torch.empty(3, 0), "scalar": torch.tensor(1.5)},
    )
    save(
        "names.safetensors",
        {name: torch.tensor([float(i)]) for i, name in enumerate(["", "__proto__", "重み", "\ufeffmark", 'a "b"\\c/\n', "toString", "a.b[0]"])},
    )
    dtypes = [
        torch.bool, torch.uint8, torch.int8, torch.int16, torch.uint16, torch.float16, torch.bfloat16, torch.int32,
        torch.uint32, torch.float32, torch.int64, torch.uint64, torch.float64, torch.complex64, torch.float8_e4m3fn,
        torch.float8_e5m2, torch.float8_e8m0fnu, torch.float8_e4m3fnuz, torch.float8_e5m2fnuz, torch.float4_e2m1fn_x2,
    ]  # fmt: skip
    every = {str(dtype): torch.arange(1, 1 + 4 * dtype.itemsize, dtype=torch.uint8).view(dtype) for dtype in dtypes[1:]}
    save("dtypes.safetensors", {"torch.bool": torch.tensor([True, False, False, True]), **every})

    bits = {"F4": 4, "F6_E2M3": 6, "F6_E3M2": 6}
    entries, at = [], 0
    for dtype, width in bits.items():
        entries.append(f'"{dtype}":{tensor(dtype=dtype, shape="[2,4]", offsets=f"[{at},{at + width}]")}')
        at += width
    write("narrow.safetensors", f"{{{','.join(entries)}}}", bytes(range(at)))

    # Nothing aligned, data in another order than the header, white space around it.
    floats = struct.pack("<3f", 1.5, -2.0, 0.25)
    doubles = struct.pack("<2d", -1.0, 3.5)
    header = (
        f' {{"d":{tensor(dtype="F64", shape="[2]", offsets="[15,31]")}, "b":{tensor(dtype="U8", shape="[3]", offsets="[0,3]")},'
        f'\n"f":{tensor(shape="[3,1]", offsets="[3,15]")} }} '
    )
    write("unaligned.safetensors", header, b"\1\2\3" + floats + doubles)

    judged = [judge(*case) for case in headers]
    (folder / "headers.json").write_text(json.dumps(judged, indent=1) + "\n")

    files = list(folder.iterdir())
    print(f"{len(files)} files, {sum(path.stat().st_size for path in files)} bytes; {len(judged)} headers,")
    print(f"{sum(case['accepted'] for case in judged)} accepted by safetensors {safetensors.__version__}")


if __name__ == "__main__":
    main()
