import{g as e}from"./chunk-D7T4XN55.js";function h(){return e("h1",{children:"home"})}export{h as default};
