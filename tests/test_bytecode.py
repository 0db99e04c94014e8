import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bytecode import keep_bytecode

COMPILED = "import sys; print(__import__('kept').__cached__, sys.dont_write_bytecode)"


@pytest.mark.parametrize("own", [None, "own"])
def test_what_is_compiled_is_kept_where_it_is_not_to_lie_beside_the_sources(monkeypatch, tmp_path, own):
    (tmp_path / "kept.py").write_text("")
    prefix = str(tmp_path / own) if own else None
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "environment"))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.setattr(sys, "pycache_prefix", prefix)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", prefix or "")
    keep_bytecode()
    folder = prefix or str(tmp_path / "environment" / "bytecode")
    assert importlib.util.cache_from_source(str(tmp_path / "kept.py")).startswith(folder)
    assert not sys.dont_write_bytecode
    # And in a process that is started.
    env = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", COMPILED], env=env, capture_output=True, text=True, check=True
    )
    file, is_not_written = done.stdout.split()
    assert file.startswith(folder)
    assert Path(file).exists()
    assert is_not_written == "False"


def test_elsewhere_it_lies_where_it_did(monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    monkeypatch.delenv("PYTHONPYCACHEPREFIX", raising=False)
    keep_bytecode()
    assert sys.pycache_prefix is None
    assert "PYTHONPYCACHEPREFIX" not in os.environ
