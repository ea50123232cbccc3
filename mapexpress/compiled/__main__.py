"""Say in one line which half of the walk is used."""

from mapexpress.compiled import WHY_NOT

if __name__ == "__main__":
    print(f"the slower walk is used, and everything works: {WHY_NOT}" if WHY_NOT else "the compiled walk is used")
