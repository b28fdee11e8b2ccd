"""What every inference engine must do; test_openvino.py and test_onnx.py run it on theirs."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from bonaface.errors import ModelError
from bonaface.runtime.session import SessionFactory, SessionOptions, Shapes
from support.models.networks import Tensor, addition, convolution

ANY: Shapes = {"x": (-1, 3, -1, -1)}


def expected(x: Tensor, weights: Tensor, slopes: Tensor) -> Tensor:
    """The convolution and PReLU of `convolution`, written out."""
    padded = np.pad(x.astype(np.float64), ((0, 0), (0, 0), (1, 1), (1, 1)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(2, 3))
    sums = np.einsum("nchwij,ocij->nohw", windows, weights.astype(np.float64))
    return np.asarray(np.where(sums > 0, sums, sums * slopes), np.float32)


def pictures(seed: int, *shape: int) -> Tensor:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


class SessionContract:
    """Inherited by the test class of each engine, which gives the factory."""

    @pytest.fixture
    def factory(self) -> SessionFactory:
        raise NotImplementedError

    @pytest.mark.parametrize("shape", [(1, 3, 8, 8), (5, 3, 8, 8), (2, 3, 6, 11)])
    def test_computes_what_the_network_says(self, factory: SessionFactory, shape: tuple[int, ...]) -> None:
        model, weights, slopes = convolution(batch=1)
        x = pictures(1, *shape)
        y = factory(lambda: model, SessionOptions(shapes=ANY)).run({"x": x})["y"]
        assert y.dtype == np.float32
        np.testing.assert_allclose(y, expected(x, weights, slopes), rtol=1e-4, atol=1e-5)

    def test_several_inputs_and_outputs_by_name(self, factory: SessionFactory) -> None:
        a, b = np.array([[1, 2]], np.float32), np.array([[10, 20]], np.float32)
        outputs = factory(addition, SessionOptions()).run({"b": b, "a": a})
        assert {name: value.tolist() for name, value in outputs.items()} == {
            "sum": [[11, 22]],
            "twice": [[22, 44]],
        }

    def test_outputs_belong_to_the_caller(self, factory: SessionFactory) -> None:
        session = factory(addition, SessionOptions())
        one = np.ones((1, 2), np.float32)
        first = session.run({"a": one, "b": one})
        session.run({"a": 5 * one, "b": 5 * one})
        assert first["sum"].tolist() == [[2, 2]]
        first["sum"][:] = 0
        assert session.run({"a": one, "b": one})["sum"].tolist() == [[2, 2]]

    def test_reads_views_that_are_not_contiguous_and_changes_no_input(self, factory: SessionFactory) -> None:
        model, weights, slopes = convolution()
        x = pictures(2, 2, 8, 8, 3).transpose(0, 3, 1, 2)
        before = x.copy()
        x.setflags(write=False)
        y = factory(lambda: model, SessionOptions()).run({"x": x})["y"]
        np.testing.assert_allclose(y, expected(x, weights, slopes), rtol=1e-4, atol=1e-5)
        assert np.array_equal(x, before)

    @pytest.mark.parametrize("lanes", [1, 2, 5])
    def test_many_threads_get_each_its_own_answer(self, factory: SessionFactory, lanes: int) -> None:
        session = factory(addition, SessionOptions(lanes=lanes))

        def run(number: int) -> list[list[float]]:
            a = np.full((1 + number % 3, 2), number, np.float32)
            answer: list[list[float]] = session.run({"a": a, "b": a})["twice"].tolist()
            return answer

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(run, range(200)))
        assert answers == [[[4.0 * n, 4.0 * n]] * (1 + n % 3) for n in range(200)]

    @pytest.mark.parametrize("model", [b"", b"garbage", convolution()[0][:150], b"\0" * 5000])
    @pytest.mark.parametrize("shapes", [None, ANY])
    def test_bytes_that_are_no_network(
        self, factory: SessionFactory, model: bytes, shapes: Shapes | None
    ) -> None:
        with pytest.raises(ModelError, match="cannot load"):
            factory(lambda: model, SessionOptions(shapes=shapes))

    @pytest.mark.parametrize("shapes", [{"q": (1, 3, 8, 8)}, {"x": (1, 3)}])
    def test_shapes_that_do_not_fit_the_network(self, factory: SessionFactory, shapes: Shapes) -> None:
        with pytest.raises(ModelError, match="cannot load"):
            factory(lambda: convolution()[0], SessionOptions(shapes=shapes))

    @pytest.mark.parametrize("shape", [(1, 3, 9, 8), (1, 2, 8, 8), (3, 8, 8), (1, 3, 8, 8, 1)])
    def test_inputs_of_another_shape(self, factory: SessionFactory, shape: tuple[int, ...]) -> None:
        session = factory(lambda: convolution()[0], SessionOptions())
        with pytest.raises(ModelError):
            session.run({"x": np.zeros(shape, np.float32)})

    @pytest.mark.parametrize("names", [(), ("a",), ("a", "b", "c"), ("a", "c")])
    def test_inputs_of_other_names(self, factory: SessionFactory, names: tuple[str, ...]) -> None:
        one = np.ones((1, 2), np.float32)
        session = factory(addition, SessionOptions())
        session.run({"a": one, "b": one})
        with pytest.raises(ModelError):
            session.run(dict.fromkeys(names, one))

    def test_a_session_still_runs_after_a_refused_input(self, factory: SessionFactory) -> None:
        session = factory(addition, SessionOptions())
        one = np.ones((1, 2), np.float32)
        for _ in range(3):
            with pytest.raises(ModelError):
                session.run({"a": np.ones((1, 9), np.float32), "b": one})
        assert session.run({"a": one, "b": one})["sum"].tolist() == [[2, 2]]
