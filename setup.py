"""The compiled half of the package: built where Cython, lxml's headers and a C compiler are there, else left out."""

import warnings
from pathlib import Path

from setuptools import Extension, setup

FOLDER = Path("mapexpress", "page", "compiled")


def extensions() -> list[Extension]:
    try:
        import lxml
        from Cython.Build import cythonize
    except ImportError as missing:
        warnings.warn(f"not compiled, for {missing.name} is not installed; everything works, more slowly", stacklevel=1)
        return []
    modules = [
        Extension(
            ".".join(path.with_suffix("").parts),
            [str(path)],
            include_dirs=lxml.get_include(),
            # the same sums on every processor, and no warning of what Cython writes
            extra_compile_args=["-O2", "-g0", "-ffp-contract=off", "-w"],
        )
        for path in sorted(FOLDER.glob("*.pyx"))
    ]
    headers = [str(Path(lxml.__file__).parents[1])]
    built: list[Extension] = cythonize(modules, build_dir="build/cython", include_path=headers, quiet=True)
    for module in built:
        module.optional = True  # without a compiler a warning; cythonize() drops what is said above
    return built


setup(ext_modules=extensions())
