import numpy as np

def sum_leaves(
    columns: np.ndarray[tuple[int, ...], np.dtype[np.float32]],
    features: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
    borders: np.ndarray[tuple[int, ...], np.dtype[np.float32]],
    asked: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
    leaves: np.ndarray[tuple[int, ...], np.dtype[np.float32]],
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]: ...
