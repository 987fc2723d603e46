"""What is raised where a picture cannot be read."""


class PictureError(ValueError):
    """The picture cannot be read; the message says why and what to do.

    Attributes:
        subject: What the message is about: the name of the file, or "the picture".
    """

    subject = "the picture"

    def __str__(self) -> str:
        return f"{self.subject} {super().__str__()}"
