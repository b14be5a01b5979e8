"""Reading GGUF files, whole, cut short and crafted."""

from pathlib import Path

import numpy as np
import pytest
from gguf import GGMLQuantizationType, GGUFReader, GGUFWriter
from gguf.quants import quantize
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sosias.models.gguf_file import BadModelFile, GgufFile


def write_sample(path: Path) -> Path:
    """Write a GGUF with every kind of value and several kinds of tensor."""
    writer = GGUFWriter(path, "llama")
    writer.add_string("text", "ñandú 😂")
    writer.add_uint32("number", 7)
    writer.add_int64("negative", -(2**40))
    writer.add_float32("real", 0.5)
    writer.add_bool("truth", True)
    writer.add_array("words", ["a", "", "ñ"])
    writer.add_array("numbers", [1, 2, 3])
    numbers = np.random.default_rng(0).normal(size=(6, 64)).astype(np.float32)
    writer.add_tensor("vector", numbers[0])
    writer.add_tensor("half", numbers.astype(np.float16))
    for kind in (GGMLQuantizationType.Q8_0, GGMLQuantizationType.Q4_1):
        writer.add_tensor(kind.name, quantize(numbers, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sample(tmp_path_factory.mktemp("gguf") / "sample.gguf")


def test_metadata_is_what_was_written(sample: Path) -> None:
    found = GgufFile(sample).metadata
    expected = {
        "general.architecture": "llama",
        "text": "ñandú 😂",
        "number": 7,
        "negative": -(2**40),
        "real": 0.5,
        "truth": True,
        "words": ["a", "", "ñ"],
        "numbers": [1, 2, 3],
    }
    assert found == expected


def test_tensors_are_those_of_the_format_s_own_reader(sample: Path) -> None:
    from gguf.quants import dequantize

    model = GgufFile(sample)
    for tensor in GGUFReader(sample).tensors:
        ours = model.array(tensor.name)
        theirs = dequantize(tensor.data, tensor.tensor_type).reshape(ours.shape)
        assert ours.dtype == np.float32
        np.testing.assert_array_equal(ours, theirs)


def test_missing_pieces_are_named(sample: Path) -> None:
    model = GgufFile(sample)
    with pytest.raises(BadModelFile, match="lacks the tensor nothing"):
        model.array("nothing")
    with pytest.raises(BadModelFile, match=r"lacks llama\.block_count"):
        model.of_architecture("block_count")


@pytest.mark.parametrize("content", [b"", b"GG", b"<html>not found</html>" * 10])
def test_other_files_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.gguf"
    path.write_bytes(content)
    with pytest.raises(BadModelFile):
        GgufFile(path)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_header_ends_in_a_sentence(sample: Path, tmp_path: Path, data: st.DataObject) -> None:
    """Cut short anywhere, or any byte changed: it is read or refused, and never crashes."""
    content = bytearray(sample.read_bytes())
    if data.draw(st.booleans()):
        end = max(tensor.offset + tensor.size for tensor in GgufFile(sample).tensors.values())
        content = content[: data.draw(st.integers(0, end - 1))]
        must_fail = True
    else:
        content[data.draw(st.integers(0, 600))] = data.draw(st.integers(0, 255))
        must_fail = False
    path = tmp_path / "damaged.gguf"
    path.write_bytes(content)
    try:
        model = GgufFile(path)
        for name in model.tensors:
            model.array(name)
    except BadModelFile:
        return
    assert not must_fail
